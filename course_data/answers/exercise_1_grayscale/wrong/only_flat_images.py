# why: normalize insists on 32 by 32 images
# fails: test_scale, test_any_shape

# %% normalize
def normalize(images):
    return images.reshape(-1, 32, 32) / 255.0
