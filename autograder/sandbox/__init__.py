"""Starts students' kernels in a sandbox, limits what they may use, and ends them."""
