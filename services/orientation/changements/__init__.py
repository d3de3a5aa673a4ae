"""What changed since a system last asked: nothing is missed, whatever was being written meanwhile."""
