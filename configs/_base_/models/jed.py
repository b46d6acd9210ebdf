# JED, joint enhancement and denoising.
model = dict(type='JED')
