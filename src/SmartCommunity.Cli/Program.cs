using SmartCommunity.Cli;

return await CommandTree.RunAsync(args, Surroundings.OfProcess());
