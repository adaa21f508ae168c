"""The course on JupyterHub: the exchange between accounts, and the hub itself."""
