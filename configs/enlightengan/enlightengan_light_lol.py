# A generator of 0.54 million parameters, with bounded dependence on the neighbourhood.
_base_ = ['../enlightengan_lol.py']
model = dict(generator=dict(base_channels=8, align_corners=False))
