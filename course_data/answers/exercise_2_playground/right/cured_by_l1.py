# why: L1, on xor

# %% overfit_url
overfit_url = "https://playground.tensorflow.org/#activation=tanh&batchSize=10&dataset=xor&regDataset=reg-plane&learningRate=0.1&regularizationRate=0&noise=50&networkShape=8,8&seed=0.82817&percTrainData=10&x=true&y=true&xTimesY=false&xSquared=false&ySquared=false&cosX=false&sinX=false&cosY=false&sinY=false&problem=classification&initZero=false"
cured_url = "https://playground.tensorflow.org/#activation=tanh&regularization=L1&batchSize=10&dataset=xor&regDataset=reg-plane&learningRate=0.1&regularizationRate=0.01&noise=50&networkShape=8,8&seed=0.82817&percTrainData=10&x=true&y=true&xTimesY=false&xSquared=false&ySquared=false&cosX=false&sinX=false&cosY=false&sinY=false&problem=classification&initZero=false"
