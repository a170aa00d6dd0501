// Charts first: the ranking tells them what is chosen.
startTheme();
startCurves();
startScatter();
startParallel();
startRanking();
