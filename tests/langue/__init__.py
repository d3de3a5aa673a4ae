"""Every page in a language that nobody speaks: what is not translated shows, and so does what has no room to grow."""
