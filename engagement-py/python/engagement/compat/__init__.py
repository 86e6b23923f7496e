"""The names of other packages, answered by this one."""
