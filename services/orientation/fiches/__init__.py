"""The sheet of an organisation, kept by its own manager: whom it helps and how, opening hours, absences."""
