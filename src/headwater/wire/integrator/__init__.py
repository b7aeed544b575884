"""The integrator.io API at /integrator/v1 (wire contract integrator.md): only translates to the flows
slice.
"""
