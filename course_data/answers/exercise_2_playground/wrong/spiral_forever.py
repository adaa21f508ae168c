# why: batches of 1 in six layers of eight on 1080 points of a regression: too long, and no spiral
# fails: test_spiral

# %% spiral_url
spiral_url = "https://playground.tensorflow.org/#activation=tanh&batchSize=1&dataset=circle&regDataset=reg-plane&learningRate=0.03&regularizationRate=0&noise=0&networkShape=8,8,8,8,8,8&seed=0.82817&percTrainData=90&x=true&y=true&xTimesY=false&xSquared=false&ySquared=false&cosX=false&sinX=false&cosY=false&sinY=false&problem=regression&initZero=false"
