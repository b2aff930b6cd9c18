"""Who may do what: the cells of the access matrix, their reasons, and their proof on made rows."""
