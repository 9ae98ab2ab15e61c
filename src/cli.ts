process.stderr.write('usage: vfio-playground run FILE\n');
process.exitCode = 2;
