"""The TensorFlow Playground experiment, run again from its URL.

This is an independent implementation of what the page (snapshot of June 2022) does, from a description of its
behaviour. The random numbers, the data and the training agree with the page to the last digits that floating point
allows.
"""
