"""How far the cases of a territory are: by stage, side by side or as one list, what is late first."""
