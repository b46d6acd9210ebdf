# Gamma correction, 1 / 2.2 of each channel.
model = dict(type='GammaCorrection', gamma=1 / 2.2)
