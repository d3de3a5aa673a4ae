"""Messages: the thread between an association and the cell's animateur in charge. Only ids and a state leave the service."""
