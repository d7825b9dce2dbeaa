using SmartCommunity.Simulation;

// The test executable is also the mutant that its own tests start as a child.
return args is [MutantHost.Argument, ..]
    ? await MutantHost.RunAsync(args[1..])
    : await Xunit.MicrosoftTestingPlatform.TestPlatformTestFramework.RunAsync(args, SelfRegisteredExtensions.AddSelfRegisteredExtensions);
