# why: learning by heart with every input of the page

# %% overfit_url
overfit_url = "https://playground.tensorflow.org/#activation=tanh&batchSize=10&dataset=circle&regDataset=reg-plane&learningRate=0.1&regularizationRate=0&noise=50&networkShape=8,8&seed=0.82817&percTrainData=10&x=true&y=true&xTimesY=true&xSquared=true&ySquared=true&cosX=false&sinX=true&cosY=false&sinY=true&problem=classification&initZero=false"
cured_url = "https://playground.tensorflow.org/#activation=tanh&regularization=L2&batchSize=10&dataset=circle&regDataset=reg-plane&learningRate=0.1&regularizationRate=0.03&noise=50&networkShape=8,8&seed=0.82817&percTrainData=10&x=true&y=true&xTimesY=true&xSquared=true&ySquared=true&cosX=false&sinX=true&cosY=false&sinY=true&problem=classification&initZero=false"
