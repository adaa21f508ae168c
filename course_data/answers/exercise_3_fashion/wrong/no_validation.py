# why: no validation data
# fails: test_epochs, test_history, test_overfits

# %% train
tf.keras.utils.set_random_seed(1)
model = build_model()
history = model.fit(x_train, y_train, epochs=20, batch_size=128, verbose=0)
