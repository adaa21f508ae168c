"""The TensorFlow Playground experiment, re-run from its URL.

An independent implementation of what the page (snapshot of June 2022) does, from a description of its behaviour; the
random numbers, the data and the training agree with the page to the last digits that floating point allows.
"""
