# EnlightenGAN's training on LOL with a generator that is not part of the package.
_base_ = ['../../../configs/enlightengan_lol.py']
custom_imports = dict(imports=['projects.example_project.my_generator'], allow_failed_imports=False)
model = dict(generator=dict(_delete_=True, type='MyGenerator', channels=32))
