"""The actors' map, « le système d'acteurs » of the guide's « outil 3 »: who refers to whom in a territory."""
