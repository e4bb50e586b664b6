"""The shell: settings, database, screens, clock and command line of the talent bank."""

__version__ = "0.1.0"
