# why: what a URL leaves out is what the page begins with

# %% circle_url
circle_url = "https://playground.tensorflow.org/#seed=0.30303"

# %% linear_url
linear_url = "https://playground.tensorflow.org/#activation=linear&seed=0.30303"

# %% xor_url
xor_url = "https://playground.tensorflow.org/#dataset=xor&seed=0.30303&networkShape=8"
