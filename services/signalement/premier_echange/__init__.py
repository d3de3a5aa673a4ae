"""The first talk of two hours between the cell and the association: when it is agreed to be, or was held."""
