"""A member comes back under another identifier of the same provider: nobody, until somebody who decides has confirmed it."""
