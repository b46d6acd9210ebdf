# The same for the network that estimates weights, in one stage.
_base_ = ['./kalantari_wie.py']
model = dict(generator=dict(kind='we'), first_stage=None)
train_cfg = dict(phase_epochs=())
