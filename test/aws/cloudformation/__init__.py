"""CloudFormation for the templates of this repository: stacks whose resources are made by the emulator's own AWS API.

Unlike moto's, it refuses what it does not know (types, properties, functions) instead of skipping it.
"""
