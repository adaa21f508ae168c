"""Where students' kernels live: how they are started, what they may use, how they end."""
