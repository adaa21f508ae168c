# why: squares among the inputs make it easy: that is not from x and y
# fails: test_circle_settings, test_circle_solved, test_linear_changed

# %% circle_url
circle_url = "https://playground.tensorflow.org/#activation=tanh&batchSize=10&dataset=circle&regDataset=reg-plane&learningRate=0.03&regularizationRate=0&noise=0&networkShape=4,2&seed=0.82817&percTrainData=50&x=true&y=true&xTimesY=false&xSquared=true&ySquared=true&cosX=false&sinX=false&cosY=false&sinY=false&problem=classification&initZero=false"
