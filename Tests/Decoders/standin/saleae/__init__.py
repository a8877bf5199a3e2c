"""A stand-in for what Logic 2 gives its analyzers."""
