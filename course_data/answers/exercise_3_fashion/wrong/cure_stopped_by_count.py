# why: a callback that ends the training after four epochs, whatever the validation says
# fails: test_cure

# %% cure
class AfterFour(tf.keras.callbacks.Callback):
    def on_epoch_end(self, epoch, logs=None):
        self.model.stop_training = epoch == 3


tf.keras.utils.set_random_seed(2)
model_cured = build_model()
model_cured.compile("adam", "sparse_categorical_crossentropy", metrics=["accuracy"])
history_cured = model_cured.fit(x_train, y_train, validation_data=(x_val, y_val), epochs=20, batch_size=128, verbose=0, callbacks=[AfterFour()])
