"""The people of an organisation: who they are, what each may do, who decides it."""
