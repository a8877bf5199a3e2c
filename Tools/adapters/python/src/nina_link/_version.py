"""The version, in step with the tools of the project: `Tools/lint` compares them."""

__version__ = "0.1.0"
