# why: * where @ is meant
# fails: test_matrix_product

# %% products
def elementwise(a, b):
    return a * b

def matrix_product(a, b):
    return a * b
