"""Templates (a Handlebars subset): parsed once, compiled to Python closures; contract integrator.md section
14.
"""
