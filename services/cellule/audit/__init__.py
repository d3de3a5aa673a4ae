"""The witness of every service's audit entries, and the list that an auditor reads."""
