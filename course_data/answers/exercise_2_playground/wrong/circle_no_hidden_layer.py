# why: no hidden layer: one line cannot do it
# fails: test_circle_solved, test_linear_changed, test_linear_changed

# %% circle_url
circle_url = "https://playground.tensorflow.org/#activation=tanh&batchSize=10&dataset=circle&regDataset=reg-plane&learningRate=0.03&regularizationRate=0&noise=0&networkShape=&seed=0.82817&percTrainData=50&x=true&y=true&xTimesY=false&xSquared=false&ySquared=false&cosX=false&sinX=false&cosY=false&sinY=false&problem=classification&initZero=false"
