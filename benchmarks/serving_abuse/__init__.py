"""Abuse of `llamo serve`, each against a real process over real sockets; see `__main__`."""
