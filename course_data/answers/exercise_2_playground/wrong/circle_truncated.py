# why: the address was cut off before the seed
# fails: test_circle_settings, test_circle_solved, test_linear_changed

# %% circle_url
circle_url = "https://playground.tensorflow.org/#activation=tanh&batchSize=10&dataset=circle&regDataset=reg-plane&learningRate=0.03&regularizationRate=0&noise=0&net"
