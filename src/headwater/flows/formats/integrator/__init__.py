"""The integrator form: flows, exports, imports and connections as the integrator dialect stores them."""
