"""Documents: files that an association puts into its case, for itself and the animateur in charge; no partner gets one."""
