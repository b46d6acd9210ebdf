# LIME as its authors' program computes it.
model = dict(type='LIME')
