# why: scaled before it is made grey: the order does not matter

# %% convert
def prepare(images):
    return to_gray(normalize(images))

gray_train, gray_test = prepare(x_train), prepare(x_test)
