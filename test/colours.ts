// Jest's workers are made to colour what they print when its own terminal can: what is tested would believe it, too.
delete process.env.FORCE_COLOR;
